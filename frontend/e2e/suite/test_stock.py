import pytest
from shop import stock


@pytest.fixture
def in_stock():
    return stock()


@pytest.mark.parametrize("fruit", ["apple", "plum"])
def test_fruit_is_in_stock(in_stock, fruit):
    assert in_stock[fruit] > 0


def test_pears_are_sold_out(in_stock):
    print("asking for pears")
    assert in_stock["pear"] == 0
