-- What can be subscribed to. `retry_days` is empty where the merchant's own days count.
CREATE TABLE plans (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  cycle_unit TEXT COLLATE "C" NOT NULL,
  cycle_count BIGINT NOT NULL,
  trial_days BIGINT NOT NULL,
  retry_days TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE UNIQUE INDEX plans_name ON plans (merchant_id, shop_id, name_key);
-- On which days behind the due day a payment that failed is tried again. One row a merchant, once somebody saved it.
CREATE TABLE subscription_settings (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  retry_days TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL
);
-- The clockwork of a subscription that Regulars runs itself. Its days are counted from an anchor: the period `anchor_number` is due on
-- `anchor_day`. `number` is the period that is to be paid next; `act_at` the moment at which something is to be done, when there is one.
-- Days are days since 1970 where the merchant lives.
CREATE TABLE subscription_runs (
  merchant_id TEXT COLLATE "C" NOT NULL,
  subscription_id TEXT COLLATE "C" NOT NULL,
  plan_id TEXT COLLATE "C",
  quantity BIGINT NOT NULL,
  anchor_day BIGINT NOT NULL,
  anchor_number BIGINT NOT NULL,
  number BIGINT NOT NULL,
  paused_at BIGINT,
  end_reason TEXT COLLATE "C",
  act_at BIGINT,
  PRIMARY KEY (merchant_id, subscription_id),
  FOREIGN KEY (merchant_id, subscription_id) REFERENCES subscriptions (merchant_id, id),
  FOREIGN KEY (merchant_id, plan_id) REFERENCES plans (merchant_id, id)
);
CREATE INDEX subscription_runs_due ON subscription_runs (act_at, merchant_id, subscription_id) WHERE act_at IS NOT NULL;
CREATE INDEX subscription_runs_plan ON subscription_runs (merchant_id, plan_id) WHERE plan_id IS NOT NULL;
-- What became of each period, from the moment at which its payment was first tried. The key is what makes a second charge impossible.
CREATE TABLE subscription_periods (
  merchant_id TEXT COLLATE "C" NOT NULL,
  subscription_id TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  base_day BIGINT NOT NULL,
  next_day BIGINT,
  hard BOOLEAN NOT NULL,
  payment_id TEXT COLLATE "C",
  failure TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, subscription_id, number),
  FOREIGN KEY (merchant_id, subscription_id) REFERENCES subscription_runs (merchant_id, subscription_id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id)
);
CREATE INDEX subscription_periods_payment ON subscription_periods (merchant_id, payment_id) WHERE payment_id IS NOT NULL;
