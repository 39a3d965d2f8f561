CREATE TABLE "chat"."audit" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"at" timestamp (3) with time zone DEFAULT statement_timestamp() NOT NULL,
	"action" text NOT NULL,
	"actor" text,
	"target" text,
	"room_id" text,
	"address" text,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "chat"."block" (
	"account_id" text NOT NULL,
	"blocked_id" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT statement_timestamp() NOT NULL,
	CONSTRAINT "block_account_id_blocked_id_pk" PRIMARY KEY("account_id","blocked_id")
);
--> statement-breakpoint
CREATE TABLE "chat"."follow" (
	"name" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chat"."room_access" (
	"room_id" text PRIMARY KEY NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"members" integer DEFAULT 0 NOT NULL,
	"all_version" bigint DEFAULT 0 NOT NULL,
	"all_change" text
);
--> statement-breakpoint
CREATE TABLE "chat"."room_member" (
	"room_id" text NOT NULL,
	"account_id" text NOT NULL,
	"status" text NOT NULL,
	"role" text NOT NULL,
	"version" bigint NOT NULL,
	"change" text NOT NULL,
	"muted_until" timestamp (3) with time zone,
	"joined_at" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone DEFAULT statement_timestamp() NOT NULL,
	CONSTRAINT "room_member_room_id_account_id_pk" PRIMARY KEY("room_id","account_id"),
	CONSTRAINT "room_member_version" UNIQUE("room_id","version")
);
--> statement-breakpoint
ALTER TABLE "chat"."room" ADD COLUMN "kind" text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE "chat"."room" ADD COLUMN "name" text;--> statement-breakpoint
ALTER TABLE "chat"."room" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "chat"."room" ADD COLUMN "created_at" timestamp (3) with time zone DEFAULT statement_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "chat"."room" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "chat"."sender" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chat"."sender" ADD COLUMN "is_deleted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_at" ON "chat"."audit" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_actor" ON "chat"."audit" USING btree ("actor","at","id");--> statement-breakpoint
CREATE INDEX "audit_target" ON "chat"."audit" USING btree ("target","at","id");--> statement-breakpoint
CREATE INDEX "audit_room" ON "chat"."audit" USING btree ("room_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_action" ON "chat"."audit" USING btree ("action","at","id");--> statement-breakpoint
CREATE INDEX "room_member_status" ON "chat"."room_member" USING btree ("room_id","status","account_id");--> statement-breakpoint
CREATE INDEX "room_member_account" ON "chat"."room_member" USING btree ("account_id","room_id") WHERE status = 'member';--> statement-breakpoint
CREATE UNIQUE INDEX "room_member_owner" ON "chat"."room_member" USING btree ("room_id") WHERE role = 'owner' AND status = 'member';--> statement-breakpoint
CREATE INDEX "room_created_by" ON "chat"."room" USING btree ("created_by","created_at") WHERE created_by IS NOT NULL;