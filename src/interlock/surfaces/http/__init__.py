"""What every surface that speaks HTTP stands behind."""
