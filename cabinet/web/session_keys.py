"""The keys of the session, each named once: who sets it, who reads it.

Everything a view keeps between two requests of one browser is here; it lies in the session's row
(`models/session.py`), never in a cookie. Values are JSON.
"""

# the way in; gone once somebody is signed in
PHONE_TYPED = "phone_typed"  # entry: as typed, to show it again on the first screen
PHONE = "phone"  # entry, login (recovered): E.164 of the cabinet that is signed in to; read by login
CODE = "code"  # entry, login, profile: id of the code sent last, bound to this browser; read by entry
MAX_CONTACT = "max_contact"  # entry: id of the proof by MAX that was begun here
RESENT = "resent"  # entry: how many further codes were asked for
REGISTRATION = "registration"  # entry: id of the registration begun here, its phone not verified yet
VERIFIED = "verified"  # register: id of the registration whose phone is verified; read by entry, requests
RECOVERED = "recovered"  # login: id of the code that verified a phone for a new password
RECOVERED_BY = "recovered_by"  # login: id of the code by which the password was set; spares it a lock-out
RECOVERED_STAMP = "recovered_stamp"  # login: the stamp of that password; after its change nothing is spared
RETURNING = "returning"  # returning: who proves a receipt again: user, stamp, code if any, since when
RECEIPT_PROVED = "receipt_proved"  # returning: by which code they came, and when that was; read by recovery
OTHER_ACCOUNT = "other_account"  # returning: the receipt that was proved, of an account that is not theirs
START = "start"  # entry: "request" if the embedding page begins with one; read by register and sign_in
REJECTED = "rejected"  # flow: what was typed into a refused form and what was wrong, for the step shown next

JOURNEY_KEYS = (
    *(REGISTRATION, VERIFIED, RECOVERED, RECOVERED_BY, RECOVERED_STAMP),
    *(RETURNING, RECEIPT_PROVED, OTHER_ACCOUNT),
    *(CODE, MAX_CONTACT, RESENT, PHONE_TYPED, PHONE, REJECTED),
)

# of everybody
NOTICE = "notice"  # flow.flash: a sentence for the next page, and the kind of its notice
FAILED_LOOKUP = "sought"  # lookup: the receipt that no account was found by; read by the connection request
REQUESTS_SENT = "requests_sent"  # requests: numbers of those sent here
REQUESTS_FOUND = "requests_found"  # requests: numbers of those looked up here by number and phone
STAMP = "stamp"  # sign_in: the stamp of the credentials that the resident signed in with; another one ends it
STAYS = "stays"  # sign_in: until when the resident stays signed in on this device, Unix time; read by staying
BROWSER = "browser"  # sign_in: of which browser a session is that stays; another sign-in there ends it
PASSKEY = "passkey"  # sign_in: id of the passkey by which the session began; a new password spares it
CONFIRMED = "confirmed"  # sign_in, reauthentication: when it was last proved who is here, Unix time
CONFIRMED_AGAIN = "confirmed_again"  # reauthentication: as well, by a proof given within the cabinet
UNDER_WAY = "under_way"  # reauthentication: a form that waits for a code: its endpoint and what was typed
MAX_START = "max_start"  # max_link: id of the link of MAX that was begun here
OTHER_CABINET = (
    "other_cabinet"  # merging: which other cabinet was proved: user, stamp, when, what is asked yet
)
TYPED = "typed"  # reauthentication: what was typed into the form that is shown next; read by flow
ANSWERED = "answered"  # challenges: those answered in this session and their ends: each counts once
LANG, THEME, ACCENT = "lang", "theme", "accent"  # templating: what the embedding page asked for

LOOK = (LANG, THEME, ACCENT)
# what the resident did who was signed in before; nothing of it is the next one's
OF_ONE_RESIDENT = (PASSKEY, CONFIRMED_AGAIN, STAYS, BROWSER, UNDER_WAY, TYPED, OTHER_CABINET, MAX_START)

# of the staff
STAFF = "staff"  # guard: who is signed in, by which stamp, since when; no resident's session has it
STAFF_CONFIRMED = "staff_confirmed"  # guard, confirmation: when it was last shown who is here, Unix time
STAFF_WANTED = "staff_wanted"  # confirmation: the file that waits for that: its endpoint and arguments
STAFF_SEARCH = "staff_search"  # what was searched for last: personal, so it stays out of addresses
STAFF_REGISTRATIONS = "staff_registrations"
STAFF_MESSAGES = "staff_messages"
STAFF_SMS = "staff_sms"
STAFF_PROVED = "staff_proved"  # step_up: when it was shown who is here
STAFF_TYPED = "staff_typed"  # typed, unsent: what is half-written, by numbers of requests and addresses
STAFF_TYPED_BY = "staff_typed_by"  # typed: who wrote that; outlives their session, for them alone
STAFF_SENT = "staff_sent"  # unsent: when forms of these addresses were sent last, Unix time in ms
STAFF_ACCOUNTS = "staff_accounts"  # resident_accounts: by what an account was searched for last
STAFF_ACCOUNTS_COUNTED = "staff_accounts_counted"  # billing_search: that search, once it is counted
STAFF_UNDO = "staff_undo"  # resident_undo: what was done last for a resident, and how it was before
STAFF_KEYS = (
    *(STAFF, STAFF_SEARCH, STAFF_REGISTRATIONS, STAFF_MESSAGES, STAFF_SMS),
    *(STAFF_CONFIRMED, STAFF_PROVED),  # handed over, they would vouch for whoever is signed in there
    *(STAFF_WANTED, STAFF_TYPED, STAFF_TYPED_BY, STAFF_SENT),
    *(STAFF_ACCOUNTS, STAFF_ACCOUNTS_COUNTED, STAFF_UNDO),
)

# of the extensions
CSRF_TOKEN = "csrf_token"  # noqa: S105 (a name; Flask-WTF's, derived from the token by sessions.py)
USER_ID = "_user_id"  # Flask-Login's: the resident signed in; sessions.py puts it into the row's own column

OF_ENDED = (CSRF_TOKEN, STAFF_TYPED, STAFF_TYPED_BY)  # what goes on where one has ended; see typed
OF_ANYBODY = (
    *LOOK,
    START,
    ANSWERED,
    CSRF_TOKEN,
)  # stays in a session that is nobody's any more
