"""The kill switch as pages: stop, see how it goes, drill, let it work again."""
