"""What can happen in the product: rules without any HTTP in them."""
