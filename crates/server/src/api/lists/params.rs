//! What each list may be asked for, as the description of the API tells it.

use utoipa::IntoParams;

use crate::api::words;

/// Describes the query string of a list. Only the description is used: the one grammar of lists reads it.
macro_rules! described {
    ($($(#[$about:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(IntoParams)]
        #[into_params(parameter_in = Query)]
        #[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
        pub struct $name {
            $($(#[$meta])* $field: $type,)*
            /// A built-in view, or the id of a saved one.
            view: Option<String>,
            /// `asc` or `desc`.
            #[param(pattern = "^(asc|desc)?$")]
            dir: Option<String>,
            /// `next` of the page before.
            after: Option<String>,
            /// `prev` of the page behind.
            before: Option<String>,
            /// 1 to 200; 50 unless said.
            #[param(minimum = 1, maximum = 200)]
            limit: Option<i64>,
        }
    )*};
}

/// The same of what belongs to a customer and a shop and has a price.
macro_rules! asked {
    ($($(#[$about:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => { described! {$(
        $(#[$about])*
        $name {
            $($(#[$meta])* $field: $type,)*
            /// The id of a customer; may be repeated.
            #[param(explode = true)]
            customer: Option<Vec<String>>,
            /// Ids of shops; may be repeated.
            #[param(explode = true)]
            shop: Option<Vec<String>>,
            /// ISO 4217; may be repeated.
            #[param(explode = true)]
            currency: Option<Vec<String>>,
        }
    )*} };
}

asked! {
    /// Which payments.
    PaymentsAsked {
        /// A customer as the list of customers finds them; or the beginning of a guest's name, e-mail or phone, of an order's number or the
        /// provider's id; or the last four digits.
        q: Option<String>,
        /// `paid`, `pending`, `failed`, `bounced`, `partly_refunded`, `refunded`, `dispute_lost`; may be repeated.
        #[param(explode = true)]
        status: Option<Vec<String>>,
        /// With a dispute of this state; may be repeated.
        #[param(value_type = Option<Vec<words::DisputeState>>, explode = true)]
        dispute: Option<Vec<String>>,
        /// `stripe`, `paypal`, `manual`, …; may be repeated.
        #[param(explode = true)]
        provider: Option<Vec<String>>,
        /// `card`, `bank_debit`, `wallet`, `cash`, …, or `none`; may be repeated.
        #[param(explode = true)]
        method: Option<Vec<String>>,
        /// Paid by a guest, or by a customer.
        guest: Option<bool>,
        /// `live` or `test`.
        #[param(pattern = "^(live|test)?$")]
        mode: Option<String>,
        /// Something to look at.
        flagged: Option<bool>,
        /// Paid on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        paid_from: Option<String>,
        /// Paid on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        paid_to: Option<String>,
        /// At least, in major units of each payment's currency.
        #[param(example = "100.00")]
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `paid` or `amount`.
        #[param(pattern = "^(paid|amount)?$")]
        sort: Option<String>,
    }
    /// Which disputes.
    DisputesAsked {
        /// A customer as the list of customers finds them; or the beginning of a guest's e-mail, an order's number or the provider's id.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::DisputeState>>, explode = true)]
        status: Option<Vec<String>>,
        /// `fraudulent`, …, or `none`; may be repeated.
        #[param(explode = true)]
        reason: Option<Vec<String>>,
        /// Who moved the payment; may be repeated.
        #[param(explode = true)]
        provider: Option<Vec<String>>,
        /// `live` or `test`.
        #[param(pattern = "^(live|test)?$")]
        mode: Option<String>,
        /// To be answered on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_from: Option<String>,
        /// To be answered on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_to: Option<String>,
        /// Opened on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        opened_from: Option<String>,
        /// Opened on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        opened_to: Option<String>,
        /// At least, in major units of each dispute's currency.
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `opened`, `due` or `amount`.
        #[param(pattern = "^(opened|due|amount)?$")]
        sort: Option<String>,
    }
    /// Which subscriptions.
    SubscriptionsAsked {
        /// The beginning of its name, or a customer as the list of customers finds them.
        q: Option<String>,
        /// At this moment; may be repeated.
        #[param(value_type = Option<Vec<words::SubscriptionState>>, explode = true)]
        status: Option<Vec<String>>,
        /// What the cycle is counted in; may be repeated.
        #[param(value_type = Option<Vec<words::CycleUnit>>, explode = true)]
        cycle: Option<Vec<String>>,
        /// Who charges it; may be repeated.
        #[param(explode = true)]
        provider: Option<Vec<String>>,
        /// `live` or `test`.
        #[param(pattern = "^(live|test)?$")]
        mode: Option<String>,
        /// Next charged on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        next_from: Option<String>,
        /// Next charged on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        next_to: Option<String>,
        /// Started on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        started_from: Option<String>,
        /// Started on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        started_to: Option<String>,
        /// At least for each cycle, in major units of its currency.
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `started`, `next` or `amount`.
        #[param(pattern = "^(started|next|amount)?$")]
        sort: Option<String>,
    }
    /// Which orders.
    OrdersAsked {
        /// The beginning of an order's number, of a guest's name or e-mail address; or a customer as the list of customers finds them.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::OrderState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Left in the basket, or not.
        abandoned: Option<bool>,
        /// Of a guest, or of a customer.
        guest: Option<bool>,
        /// Something to look at.
        flagged: Option<bool>,
        /// Ordered on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        ordered_from: Option<String>,
        /// Ordered on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        ordered_to: Option<String>,
        /// At least, in major units of each order's currency.
        total_min: Option<String>,
        /// At most.
        total_max: Option<String>,
        /// `ordered` or `total`.
        #[param(pattern = "^(ordered|total)?$")]
        sort: Option<String>,
    }
    /// Which offers.
    OffersAsked {
        /// The beginning of an offer's or its order's number; or a customer as the list of customers finds them.
        q: Option<String>,
        /// On this day; may be repeated.
        #[param(value_type = Option<Vec<words::OfferState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Begun on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Begun on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// Valid until this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        valid_from: Option<String>,
        /// Valid until this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        valid_to: Option<String>,
        /// At least, in major units of each offer's currency.
        total_min: Option<String>,
        /// At most.
        total_max: Option<String>,
        /// `created`, `valid` or `total`.
        #[param(pattern = "^(created|valid|total)?$")]
        sort: Option<String>,
    }
    /// Which payment links.
    PaymentLinksAsked {
        /// The beginning of what it is for, or of its order's number; or a customer as the list of customers finds them.
        q: Option<String>,
        /// At this moment; may be repeated.
        #[param(value_type = Option<Vec<words::PaymentLinkState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Made on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Made on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// Valid until this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        expires_from: Option<String>,
        /// Valid until this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        expires_to: Option<String>,
        /// At least, in major units of each link's currency.
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `created`, `expires` or `amount`.
        #[param(pattern = "^(created|expires|amount)?$")]
        sort: Option<String>,
    }
    /// Which contracts.
    ContractsAsked {
        /// The beginning of a contract's number or title; or a customer as the list of customers finds them.
        q: Option<String>,
        /// On this day; may be repeated.
        #[param(value_type = Option<Vec<words::ContractState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Its last day is this one or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        end_from: Option<String>,
        /// Its last day is this one or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        end_to: Option<String>,
        /// The last day for giving notice is this one or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        notice_from: Option<String>,
        /// The last day for giving notice is this one or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        notice_to: Option<String>,
        /// Begun on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Begun on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// At least, in major units of each contract's currency.
        value_min: Option<String>,
        /// At most.
        value_max: Option<String>,
        /// `created`, `end`, `notice` or `value`.
        #[param(pattern = "^(created|end|notice|value)?$")]
        sort: Option<String>,
    }
    /// Which returns.
    ReturnsAsked {
        /// The beginning of a return's or its order's number, of a guest's name or e-mail address; or a customer as the list of customers finds
        /// them.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::ReturnState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Asked for on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Asked for on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// At least, in major units of each order's currency.
        value_min: Option<String>,
        /// At most.
        value_max: Option<String>,
        /// `created` or `value`.
        #[param(pattern = "^(created|value)?$")]
        sort: Option<String>,
    }
    /// Which invoices and credit notes.
    InvoicesAsked {
        /// The beginning of an invoice's or an order's number, of a guest's name or e-mail address; or a customer as the list of customers finds
        /// them.
        q: Option<String>,
        /// Of invoices; may be repeated. Credit notes are found by `kind`.
        #[param(value_type = Option<Vec<words::InvoiceState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Something is left to pay and its day is over.
        overdue: Option<bool>,
        #[param(value_type = Option<Vec<words::InvoiceKind>>, explode = true)]
        kind: Option<Vec<String>>,
        /// The buyer's, two letters, or `none`; may be repeated.
        #[param(explode = true)]
        country: Option<Vec<String>>,
        /// Issued on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        issued_from: Option<String>,
        /// Issued on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        issued_to: Option<String>,
        /// To be paid by this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_from: Option<String>,
        /// To be paid by this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_to: Option<String>,
        /// At least, in major units of each invoice's currency.
        total_min: Option<String>,
        /// At most.
        total_max: Option<String>,
        /// `created`, `issued`, `due` or `total`.
        #[param(pattern = "^(created|issued|due|total)?$")]
        sort: Option<String>,
    }
}

described! {
    /// Which requests about data.
    RequestsAsked {
        /// A customer as the list of customers finds them, or the beginning of who asks.
        q: Option<String>,
        #[param(value_type = Option<Vec<words::RequestState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Open, and its day is over.
        overdue: Option<bool>,
        #[param(value_type = Option<Vec<words::RequestKind>>, explode = true)]
        kind: Option<Vec<String>>,
        /// The id of a customer; may be repeated.
        #[param(explode = true)]
        customer: Option<Vec<String>>,
        /// To be answered on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_from: Option<String>,
        /// To be answered on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_to: Option<String>,
        /// Received on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        received_from: Option<String>,
        /// Received on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        received_to: Option<String>,
        /// `due` or `received`.
        #[param(pattern = "^(due|received)?$")]
        sort: Option<String>,
    }
    /// Which tickets.
    TicketsAsked {
        /// The beginning of a number, a subject or a tag; or a customer as the list of customers finds them.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::TicketStatus>>, explode = true)]
        status: Option<Vec<String>>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::TicketPriority>>, explode = true)]
        priority: Option<Vec<String>>,
        /// The id of a person of the staff, or `none`; may be repeated.
        #[param(explode = true)]
        assignee: Option<Vec<String>>,
        /// Of whoever asks; a key has none.
        mine: Option<bool>,
        /// Last said or changed on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        updated_from: Option<String>,
        /// Last said or changed on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        updated_to: Option<String>,
        /// Made on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Made on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// A tag, whatever its case; may be repeated, and any of them will do.
        #[param(explode = true)]
        tag: Option<Vec<String>>,
        /// The id of a customer; may be repeated.
        #[param(explode = true)]
        customer: Option<Vec<String>>,
        /// `updated`, `created` or `priority`.
        #[param(pattern = "^(updated|created|priority)?$")]
        sort: Option<String>,
    }
    /// Which tasks.
    TasksAsked {
        /// The beginning of what is to be done, or a customer as the list of customers finds them.
        q: Option<String>,
        /// `open` or `done`.
        #[param(explode = true)]
        state: Option<Vec<String>>,
        /// `overdue`, `today` (or its reminder has come), `later`, `none`: of those to be done; may be repeated.
        #[param(explode = true)]
        due: Option<Vec<String>>,
        /// The id of a person of the staff, or `none`; may be repeated.
        #[param(explode = true)]
        assignee: Option<Vec<String>>,
        /// Of whoever asks; a key has none.
        mine: Option<bool>,
        /// What it is on: `customer`, `order`, `invoice`, `ticket`, `contract`, `nothing`; may be repeated.
        #[param(explode = true)]
        on: Option<Vec<String>>,
        /// Due on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_from: Option<String>,
        /// Due on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_to: Option<String>,
        /// Made on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Made on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// The id of a customer; may be repeated.
        #[param(explode = true)]
        customer: Option<Vec<String>>,
        /// `due` or `created`.
        #[param(pattern = "^(due|created)?$")]
        sort: Option<String>,
    }
    /// Which mails.
    MailsAsked {
        /// The beginning of the address, or words of the customer.
        q: Option<String>,
        #[param(value_type = Option<Vec<words::MailState>>, explode = true)]
        state: Option<Vec<String>>,
        /// What they carry; may be repeated.
        #[param(value_type = Option<Vec<words::MailCarries>>, explode = true)]
        carries: Option<Vec<String>>,
        /// The id of a customer.
        #[param(explode = true)]
        customer: Option<Vec<String>>,
        /// Asked for on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Asked for on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// `created`.
        #[param(pattern = "^(created)?$")]
        sort: Option<String>,
    }
    /// Which mailings.
    MailingsAsked {
        /// The beginning of the template's name.
        q: Option<String>,
        #[param(value_type = Option<Vec<words::MailingState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Ids of shops; may be repeated.
        #[param(explode = true)]
        shop: Option<Vec<String>>,
        /// Begun on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Begun on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// `created`.
        #[param(pattern = "^(created)?$")]
        sort: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_described_is_what_the_grammar_takes() {
        let described = |params: Vec<utoipa::openapi::path::Parameter>| params.into_iter().map(|p| p.name).collect::<BTreeSet<_>>();
        for (list, params) in [
            (&domain::payments::listed::LIST, PaymentsAsked::into_params(|| None)),
            (&domain::payments::listed_disputes::LIST, DisputesAsked::into_params(|| None)),
            (&domain::subscriptions::listed::LIST, SubscriptionsAsked::into_params(|| None)),
            (&domain::invoices::listed::LIST, InvoicesAsked::into_params(|| None)),
            (&domain::offers::listed::LIST, OffersAsked::into_params(|| None)),
            (&domain::payment_links::listed::LIST, PaymentLinksAsked::into_params(|| None)),
            (&domain::contracts::listed::LIST, ContractsAsked::into_params(|| None)),
            (&domain::returns::listed::LIST, ReturnsAsked::into_params(|| None)),
            (&domain::privacy::requests::listed::LIST, RequestsAsked::into_params(|| None)),
            (&domain::orders::listed::LIST, OrdersAsked::into_params(|| None)),
            (&domain::tickets::listed::LIST, TicketsAsked::into_params(|| None)),
            (&domain::tasks::listed::LIST, TasksAsked::into_params(|| None)),
            (&domain::mail::listed::LIST, MailsAsked::into_params(|| None)),
            (&domain::mailings::listed::LIST, MailingsAsked::into_params(|| None)),
        ] {
            let mut taken: BTreeSet<String> = list.names().into_iter().filter(|n| *n != "per").map(str::to_owned).collect();
            taken.insert("limit".to_owned());
            assert_eq!(described(params), taken, "{}", list.name);
        }
    }
}
