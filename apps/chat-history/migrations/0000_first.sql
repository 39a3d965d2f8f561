CREATE TABLE "chat"."message" (
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"room_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"change_seq" bigint NOT NULL,
	"temp_id" uuid NOT NULL,
	"sender" text NOT NULL,
	"content" text NOT NULL,
	"content_hash" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"is_deleted" boolean DEFAULT false NOT NULL,
	CONSTRAINT "message_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "message_seq" UNIQUE("room_id","seq"),
	CONSTRAINT "message_change_seq" UNIQUE("room_id","change_seq"),
	CONSTRAINT "message_temp_id" UNIQUE("room_id","sender","temp_id")
);
--> statement-breakpoint
CREATE TABLE "chat"."room" (
	"id" text PRIMARY KEY NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"last_change_seq" bigint DEFAULT 0 NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT statement_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chat"."sender" (
	"account_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "chat"."message" ADD CONSTRAINT "message_room_id_room_id_fk" FOREIGN KEY ("room_id") REFERENCES "chat"."room"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "room_changed_at" ON "chat"."room" USING brin ("changed_at") WITH (pages_per_range=8,autosummarize=true);