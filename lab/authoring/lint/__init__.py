"""`lab author lint`: rules that need nothing played, each with its reason, a bad example and a good one."""
