import pytest
from shop import Cart, pay


@pytest.fixture
def full_cart():
    cart = Cart()
    cart.add("telephone", 399)
    cart.add("plum", 1)
    return cart


class TestPayment:
    def test_small_sums_are_paid(self):
        assert pay(20) == {"paid": 20}

    def test_big_sums_are_paid(self, full_cart):
        assert pay(full_cart.total()) == {"paid": 400}

    @pytest.mark.parametrize("currency", ["EUR", "USD"])
    def test_currency(self, currency):
        assert currency in {"EUR", "USD"}

    @pytest.mark.skip(reason="the voucher service is not there yet")
    def test_vouchers(self):
        raise AssertionError

    @pytest.mark.xfail(reason="SHOP-17: rounding of half cents")
    def test_half_cents(self):
        assert round(2.675, 2) == 2.68
