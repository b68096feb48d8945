"""What things cost, never who used them: price books, their rules and default rates, and the prices of assets.
In: a price book file (YAML, OpenCost's JSON or CSV) and a frame of assets with the attributes prices are looked up by.
Out: `PRICE` rows, one for every resource of every asset, each with its source, or with a reason and a cure.
"""

from .book import BookLine, PriceBook
from .book_file import load_book, parse_book, read_book
from .quote import ASSET_COLUMNS, price_assets

__all__ = ["ASSET_COLUMNS", "BookLine", "PriceBook", "load_book", "parse_book", "price_assets", "read_book"]
