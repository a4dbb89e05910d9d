"""Storefront: the shop of Harborline as one web service."""
