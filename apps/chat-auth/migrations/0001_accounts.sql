CREATE TABLE "auth"."audit" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"action" text NOT NULL,
	"actor" text,
	"target" text,
	"address" text,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "auth"."counter" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."identity" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"account_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "identity_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "auth"."login_address" (
	"account_id" uuid NOT NULL,
	"address" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "login_address_account_id_address_pk" PRIMARY KEY("account_id","address")
);
--> statement-breakpoint
ALTER TABLE "auth"."account" ALTER COLUMN "email" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."account" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD COLUMN "is_guest" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD COLUMN "email_verified_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD COLUMN "disabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD COLUMN "change_seq" bigint;--> statement-breakpoint
ALTER TABLE "auth"."login" ADD COLUMN "ended_seq" bigint;--> statement-breakpoint
ALTER TABLE "auth"."signing_key" ADD COLUMN "signs_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."identity" ADD CONSTRAINT "identity_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "auth"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."login_address" ADD CONSTRAINT "login_address_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "auth"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_at" ON "auth"."audit" USING btree ("at");--> statement-breakpoint
CREATE INDEX "identity_account_id" ON "auth"."identity" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "login_address_seen_at" ON "auth"."login_address" USING btree ("seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "account_change_seq" ON "auth"."account" USING btree ("change_seq") WHERE "auth"."account"."change_seq" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "account_nickname" ON "auth"."account" USING btree (lower("nickname") COLLATE "C","id") WHERE "auth"."account"."deleted_at" IS NULL;--> statement-breakpoint
CREATE INDEX "login_over_at" ON "auth"."login" USING btree (least("ended_at", "expires_at"));--> statement-breakpoint
CREATE UNIQUE INDEX "login_ended_seq" ON "auth"."login" USING btree ("ended_seq") WHERE "auth"."login"."ended_seq" IS NOT NULL;--> statement-breakpoint
-- Others have not heard of these accounts yet: each is a change.
UPDATE "auth"."account" SET "version" = 1, "change_seq" = "numbered"."seq"
FROM (SELECT "id", row_number() OVER (ORDER BY "created_at", "id") AS "seq" FROM "auth"."account") AS "numbered"
WHERE "account"."id" = "numbered"."id";--> statement-breakpoint
INSERT INTO "auth"."counter" ("name", "value")
VALUES ('revocation', 0), ('account-change', (SELECT count(*) FROM "auth"."account")), ('audit', 0);--> statement-breakpoint
UPDATE "auth"."signing_key" SET "signs_at" = "created_at";
