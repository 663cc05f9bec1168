"""The bare Flask extensions; `create_app` binds them."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from cabinet.web.security import client_network

babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=client_network)
login_manager = LoginManager()
