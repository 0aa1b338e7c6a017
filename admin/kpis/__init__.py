"""The board's figures: portfolio, cost, adoption, quality and governance, and files of them."""
