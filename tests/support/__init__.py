"""What the tests share: warehouses, servers, releases and oracles."""
