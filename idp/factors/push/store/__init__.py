"""SQL of push approval, one module for each table. Single use is one statement each time."""
