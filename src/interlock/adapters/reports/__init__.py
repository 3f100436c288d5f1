"""Reports as one self-contained HTML file each: no script, no network, made to be read, printed and sent on."""
