"""What runs before and after every route."""
