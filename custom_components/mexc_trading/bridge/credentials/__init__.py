"""Where a live account's key comes from when it is not kept in Home Assistant's own storage."""
