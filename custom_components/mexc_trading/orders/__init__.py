"""Identity, life cycle and routing of orders. Pure: values in, values out."""
