"""What the web application takes to answer, on a store as large as a company's."""
