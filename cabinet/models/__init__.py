"""All tables and the domain rules on them; nothing here knows HTTP."""

import cabinet.models.drivers  # noqa: F401 — before anything imports Peewee
from cabinet.models.account import Account, Charge
from cabinet.models.account_event import AccountEvent
from cabinet.models.alarm import Alarm
from cabinet.models.attempt import Attempt
from cabinet.models.audit import Audit
from cabinet.models.audit_chain import AuditHead
from cabinet.models.base import Model
from cabinet.models.billed_house import BilledHouse, HouseWord
from cabinet.models.billing_period import BillingPeriod
from cabinet.models.code import OneTimeCode
from cabinet.models.column_map import ColumnMap
from cabinet.models.consent import Consent, ConsentText
from cabinet.models.data_request import DataRequest
from cabinet.models.delivery_try import DeliveryTry
from cabinet.models.device import Device
from cabinet.models.email import EmailLink
from cabinet.models.event_feed import EventHead, EventPlace
from cabinet.models.event_reader import EventReader
from cabinet.models.gateway_health import GatewayHealth
from cabinet.models.heartbeat import Heartbeat
from cabinet.models.import_batch import AccountBefore, BatchPeriod, ChargeBefore, ImportBatch
from cabinet.models.import_job import ImportJob
from cabinet.models.inbox import InboxItem
from cabinet.models.invitation import Invitation
from cabinet.models.linking import AccountLink
from cabinet.models.max_contact import MaxContact
from cabinet.models.max_link import MaxLink, MaxStart
from cabinet.models.message import Message
from cabinet.models.passed_number import PassedNumber
from cabinet.models.passkey import Passkey
from cabinet.models.phone_change import PhoneChange
from cabinet.models.presence import Presence
from cabinet.models.recovery_code import RecoveryCode
from cabinet.models.registration import Registration
from cabinet.models.reply_template import ReplyTemplate
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import RequestNote, Unread
from cabinet.models.request_words import RequestWord
from cabinet.models.resident_words import ResidentWord
from cabinet.models.session import WebSession
from cabinet.models.spending import Spending
from cabinet.models.staff import Staff
from cabinet.models.staff_passkey import StaffPasskey
from cabinet.models.user import User
from cabinet.models.way_back import WayBack

TABLES: list[type[Model]] = [
    Account,
    Charge,
    User,
    AccountLink,
    Registration,
    ConsentText,
    Consent,
    WebSession,
    Message,
    DeliveryTry,
    EventHead,
    EventPlace,
    EventReader,
    GatewayHealth,
    Spending,
    Alarm,
    OneTimeCode,
    Attempt,
    Audit,
    AuditHead,
    AccountEvent,
    InboxItem,
    Heartbeat,
    Device,
    Passkey,
    MaxContact,
    MaxLink,
    MaxStart,
    PassedNumber,
    WayBack,
    EmailLink,
    Invitation,
    Staff,
    PhoneChange,
    DataRequest,
    RecoveryCode,
    StaffPasskey,
    ImportJob,
    ImportBatch,
    BatchPeriod,
    AccountBefore,
    ChargeBefore,
    BillingPeriod,
    BilledHouse,
    HouseWord,
    ColumnMap,
    ConnectionRequest,
    Presence,
    RequestNote,
    RequestWord,
    Unread,
    ReplyTemplate,
    ResidentWord,
]

__all__ = [
    "TABLES",
    "Account",
    "AccountBefore",
    "AccountEvent",
    "AccountLink",
    "Alarm",
    "Attempt",
    "Audit",
    "AuditHead",
    "BatchPeriod",
    "BilledHouse",
    "BillingPeriod",
    "Charge",
    "ChargeBefore",
    "ColumnMap",
    "ConnectionRequest",
    "Consent",
    "ConsentText",
    "DataRequest",
    "DeliveryTry",
    "Device",
    "EmailLink",
    "EventHead",
    "EventPlace",
    "EventReader",
    "GatewayHealth",
    "Heartbeat",
    "HouseWord",
    "ImportBatch",
    "ImportJob",
    "InboxItem",
    "Invitation",
    "MaxContact",
    "MaxLink",
    "MaxStart",
    "Message",
    "OneTimeCode",
    "PassedNumber",
    "Passkey",
    "PhoneChange",
    "Presence",
    "RecoveryCode",
    "Registration",
    "ReplyTemplate",
    "RequestNote",
    "RequestWord",
    "ResidentWord",
    "Spending",
    "Staff",
    "StaffPasskey",
    "Unread",
    "User",
    "WayBack",
    "WebSession",
]
