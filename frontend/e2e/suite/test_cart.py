import pytest
from shop import Cart


@pytest.mark.smoke
@pytest.mark.parametrize(("count", "total"), [(1, 2.5), (2, 5.0), (10, 25.0)])
def test_total_is_price_times_count(count, total):
    cart = Cart()
    cart.add("apple", 2.5, count)
    assert cart.total() == total


def test_cart_lists_what_was_added():
    cart = Cart()
    cart.add("apple", 2.5)
    cart.add("pear", 3)
    assert sorted(cart.items) == ["apple", "pear"]


def test_empty_cart_costs_nothing():
    assert Cart().total() == 0
