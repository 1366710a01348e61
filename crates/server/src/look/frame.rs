//! The frame around a signed-in page: which rooms, shops and merchants the person may open, and what they chose.
//! The door that reads the session fills it; templates only show it.

/// A shop or merchant to switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// What just happened, with the address that takes it back when there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    /// A POST address that undoes it, inside its time.
    pub undo: Option<String>,
}

/// A link of the sidebar or of the New menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub id: &'static str,
    pub name: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
}

/// A titled group of rooms; `last` stands at the foot of the sidebar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: &'static str,
    pub last: bool,
    pub rooms: Vec<Room>,
}

/// All that `templates/base.html` shows. `Frame::default()` is a frame without rights, for tests.
#[derive(Debug, Clone)]
pub struct Frame {
    /// BCP 47 language of the words.
    pub lang: String,
    /// How numbers are written, where that is not as in English: `de-DE`.
    pub locale: &'static str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Empty (as the system says), `light` or `dark`.
    pub theme: &'static str,
    /// Empty or `compact`.
    pub density: &'static str,
    /// Single-key shortcuts on (WCAG 2.1.4 wants them switchable).
    pub keys: bool,
    /// The id of the room this page is in: `home`, `customers`, `orders`, `payments`, …; empty for none.
    pub room: &'static str,
    /// Path and query of this page, to come back to after a switch.
    pub here: String,
    pub person: String,
    pub email: String,
    /// The id of the merchant at work, and all this person is in.
    pub merchant: String,
    pub merchants: Vec<Named>,
    /// The id of the shop looked at; empty means all of them.
    pub shop: String,
    pub shops: Vec<Named>,
    pub running_jobs: u32,
    /// What stands over the page; empty for nothing.
    pub band: &'static str,
    pub may_write_customers: bool,
    pub may_write_orders: bool,
    pub may_open_settings: bool,
    pub toast: Option<Toast>,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            lang: "en".to_owned(),
            locale: "",
            dir: "ltr",
            theme: "",
            density: "",
            keys: true,
            room: "",
            here: "/".to_owned(),
            person: String::new(),
            email: String::new(),
            merchant: String::new(),
            merchants: Vec::new(),
            shop: String::new(),
            shops: Vec::new(),
            running_jobs: 0,
            band: "",
            may_write_customers: false,
            may_write_orders: false,
            may_open_settings: false,
            toast: None,
        }
    }
}

const HOME: Room = Room { id: "home", name: "Home", href: "/", icon: "home" };
const CUSTOMERS: Room = Room { id: "customers", name: "Customers", href: "/customers", icon: "customers" };
const ORDERS: Room = Room { id: "orders", name: "Orders", href: "/orders", icon: "orders" };
const OFFERS: Room = Room { id: "offers", name: "Offers", href: "/offers", icon: "note" };
const CONTRACTS: Room = Room { id: "contracts", name: "Contracts", href: "/contracts", icon: "log" };
const RETURNS: Room = Room { id: "returns", name: "Returns", href: "/returns", icon: "restore" };
const SUBSCRIPTIONS: Room = Room { id: "subscriptions", name: "Subscriptions", href: "/subscriptions", icon: "subscriptions" };
const PAYMENTS: Room = Room { id: "payments", name: "Payments", href: "/payments", icon: "payments" };
const DISPUTES: Room = Room { id: "disputes", name: "Disputes", href: "/disputes", icon: "dispute" };
const PAYMENT_LINKS: Room = Room { id: "payment-links", name: "Payment links", href: "/payment-links", icon: "link" };
const INVOICES: Room = Room { id: "invoices", name: "Invoices", href: "/invoices", icon: "invoices" };
const INBOX: Room = Room { id: "inbox", name: "Inbox", href: "/inbox", icon: "inbox" };
const AFFILIATES: Room = Room { id: "affiliates", name: "Affiliates", href: "/affiliates", icon: "link" };
const MAILINGS: Room = Room { id: "mailings", name: "Mailings", href: "/mailings", icon: "send" };
const OUTBOX: Room = Room { id: "outbox", name: "Outbox", href: "/outbox", icon: "mail" };
const SETTINGS: Room = Room { id: "settings", name: "Settings", href: "/settings", icon: "settings" };
const TICKETS: Room = Room { id: "tickets", name: "Tickets", href: "/tickets", icon: "ticket" };
const TASKS: Room = Room { id: "tasks", name: "Tasks", href: "/tasks", icon: "task" };
const NEW_CUSTOMER: Room = Room { id: "new-customer", name: "Customer", href: "/customers/new", icon: "customers" };
const NEW_INVOICE: Room = Room { id: "new-invoice", name: "Invoice", href: "/invoices/new", icon: "invoices" };
const NEW_OFFER: Room = Room { id: "new-offer", name: "Offer", href: "/offers/new", icon: "note" };
const NEW_ORDER: Room = Room { id: "new-order", name: "Order", href: "/orders/new", icon: "orders" };
const NEW_TICKET: Room = Room { id: "new-ticket", name: "Ticket", href: "/tickets/new", icon: "ticket" };
const NEW_TASK: Room = Room { id: "new-task", name: "Task", href: "/tasks/new", icon: "task" };

/// The words over a page that shows so many things of test mode among so many (SPEC 6.2).
pub fn band(tests: usize, all: usize) -> &'static str {
    match tests {
        0 => "",
        _ if tests == all => "Test mode: nothing here is real money",
        _ => "Some of this is a test and no real money: it is marked, and counts nowhere",
    }
}

impl Frame {
    /// With these words over it.
    #[must_use]
    pub fn under(self, band: &'static str) -> Self {
        Self { band, ..self }
    }

    /// The sidebar: only rooms that exist, and settings only for whom they open.
    pub fn rooms(&self) -> Vec<Part> {
        let mut parts = vec![
            Part { name: "", last: false, rooms: vec![HOME] },
            Part { name: "Sales", last: false, rooms: vec![CUSTOMERS, ORDERS, OFFERS, CONTRACTS, RETURNS, INVOICES, SUBSCRIPTIONS] },
            Part { name: "Service", last: false, rooms: vec![INBOX, TICKETS, TASKS, MAILINGS, OUTBOX] },
            Part { name: "Money", last: false, rooms: vec![PAYMENTS, PAYMENT_LINKS, DISPUTES, AFFILIATES] },
        ];
        if self.may_open_settings {
            parts.push(Part { name: "", last: true, rooms: vec![SETTINGS] });
        }
        parts
    }

    /// What the New menu offers to this person (SPEC 3.1).
    pub fn creates(&self) -> Vec<Room> {
        let all = [
            (self.may_write_customers, NEW_CUSTOMER),
            (self.may_write_orders, NEW_ORDER),
            (self.may_write_orders, NEW_OFFER),
            (self.may_write_customers, NEW_TICKET),
            (self.may_write_customers, NEW_TASK),
            (self.may_write_orders, NEW_INVOICE),
        ];
        all.into_iter().filter_map(|(may, room)| may.then_some(room)).collect()
    }

    /// The words on the shop and merchant switch: the shop looked at, else the merchant when there are several.
    pub fn place(&self) -> &str {
        let shop = self.shops.iter().find(|shop| shop.id == self.shop);
        let merchant = self.merchants.iter().find(|merchant| merchant.id == self.merchant);
        let named = if self.merchants.len() > 1 { shop.or(merchant) } else { shop };
        named.map_or("All shops", |named| &named.name)
    }

    pub fn initials(&self) -> String {
        super::initials(&self.person)
    }
}
