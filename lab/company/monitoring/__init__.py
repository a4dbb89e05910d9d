"""Monitoring: the learner's own Prometheus and Alertmanager (or whatever they run), the company's network, and the pager."""
