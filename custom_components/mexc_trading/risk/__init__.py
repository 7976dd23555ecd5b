"""The risk engine: limits, rules, holds. Pure: values in, values out."""
