"""The inbox: what services write to people. Services post through the API, each as itself; people read what is theirs and nothing else."""
