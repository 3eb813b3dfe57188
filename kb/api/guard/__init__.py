"""Who gets in, on which terms, and what answers may be kept: prices, rates, registered operations."""
