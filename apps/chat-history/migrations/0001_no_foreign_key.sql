ALTER TABLE "chat"."message" DROP CONSTRAINT "message_room_id_room_id_fk";
