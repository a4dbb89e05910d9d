"""WHAT HAPPENS: the events of a stage, played on throwaway copies of the company, and what was seen of them."""
