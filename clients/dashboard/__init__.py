"""The portal: where a person starts, and finds everything that is theirs."""
