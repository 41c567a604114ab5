"""Items in boxes, boxes on hosts, as one problem: containers in virtual machines on machines."""
