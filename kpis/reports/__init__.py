"""What the pages of KPIs show: one function per page, actor and filters in, frozen dataclasses out."""
