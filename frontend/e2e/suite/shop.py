"""What is tested: a little shop, of which release 42 is broken."""

import json
import os
import time

RELEASE = int(os.environ.get("SHOP_RELEASE", "41"))


class PaymentRefused(Exception):
    pass


class Cart:
    def __init__(self):
        self.items = {}

    def add(self, name, price, count=1):
        self.items[name] = (price, count)

    def total(self):
        total = sum(price * count for price, count in self.items.values())
        return total if RELEASE < 42 else round(total * 1.19, 2)


def pay(total):
    if RELEASE >= 42 and total > 100:
        raise PaymentRefused(f"the bank said no to {total} EUR (code 51)")
    return {"paid": total}


def stock():
    time.sleep(0.05)
    answer = '{"apple": 3, "pear": 0, "plum": 7}'
    return json.loads(answer if RELEASE < 42 else answer[:-5])
