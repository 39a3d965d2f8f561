CREATE TABLE "auth"."token_lifetime" (
	"seconds" bigint PRIMARY KEY NOT NULL,
	"used_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
