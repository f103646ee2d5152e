/* messages.c - sentences for clients; see messages.h. */
#include "api/messages.h"

#include <stdio.h>
#include <string.h>

struct sentence {
	const char *code;
	const char *in[2]; /* by enum call_language */
};

static const struct sentence by_code[] = {
	{ "bad_request",
	  { "The request is not well-formed.",
	    "Запрос составлен неправильно." } },
	{ "not_found",
	  { "There is no such thing here.", "Здесь такого нет." } },
	{ "method_not_allowed",
	  { "This address does not take that method.",
	    "Этот адрес не принимает такой метод." } },
	{ "unauthenticated",
	  { "Sign in first.", "Сначала войдите." } },
	{ "conflict",
	  { "This clashes with what is there already.",
	    "Это противоречит тому, что уже есть." } },
	{ "validation_error",
	  { "Some fields are not valid; see details.",
	    "Некоторые поля заполнены неверно; см. details." } },
	{ "too_large",
	  { "That is larger than allowed.",
	    "Это больше, чем разрешено." } },
	{ "out_of_range",
	  { "That is past the end.", "Это за пределами данных." } },
	{ "full",
	  { "There is no room left for this.",
	    "Для этого не осталось места." } },
	{ "denied",
	  { "You are not allowed to do this.",
	    "У вас нет на это прав." } },
	{ "queue_conflict",
	  { "Somebody else changed the queue; see details for it as it is now.",
	    "Очередь изменил кто-то другой; в details она такая, как сейчас." } },
	{ "queue_full",
	  { "The queue holds 100 items already.",
	    "В очереди уже 100 записей." } },
	{ "invalid_credentials",
	  { "That name and password do not go together.",
	    "Имя и пароль не подходят друг к другу." } },
	{ "account_pending",
	  { "This account waits for approval.",
	    "Эта учётная запись ждёт одобрения." } },
	{ "account_blocked",
	  { "This account may not sign in.",
	    "Вход в эту учётную запись закрыт." } },
	{ "registration_closed",
	  { "Nobody can register here.", "Регистрация здесь закрыта." } },
	{ "invitation_invalid",
	  { "It takes an invitation that is still valid.",
	    "Нужно действующее приглашение." } },
	{ "no_account",
	  { "No account here is linked with that one.",
	    "С ней не связана ни одна учётная запись здесь." } },
	{ "rate_limited",
	  { "Too many tries; wait a little.",
	    "Слишком много попыток; подождите немного." } },
	{ "busy",
	  { "Busy just now; try again in a moment.",
	    "Сейчас занято; повторите чуть позже." } },
	{ "unavailable",
	  { "A service this needs is down; try again later.",
	    "Нужная служба не отвечает; повторите позже." } },
	{ "timed_out",
	  { "This took too long.", "Это заняло слишком много времени." } },
	{ "corrupt",
	  { "The stored data cannot be read.",
	    "Сохранённые данные не читаются." } },
	{ "unsupported",
	  { "This kind of thing is not supported.",
	    "Такое не поддерживается." } },
	{ "tus_version",
	  { "Only version 1.0.0 of tus is spoken here.",
	    "Здесь говорят только на tus версии 1.0.0." } },
	{ "checksum",
	  { "The bytes are not those that were sent.",
	    "Пришли не те байты, что были отправлены." } },
	{ "upgrade_required",
	  { "This address speaks WebSocket only.",
	    "Этот адрес отвечает только по WebSocket." } },
	{ "authentication_required",
	  { "Sign in first.", "Сначала войдите." } },
	{ "subscription_failed",
	  { "You may not listen to this, or the message names no events.",
	    "Вам нельзя это слушать, или в сообщении не названы события." } },
	{ "invalid_channel_id",
	  { "The number of a channel is a whole number other than 0.",
	    "Номер канала — целое число, не равное 0." } },
	{ "channel_not_found",
	  { "There is no such channel.", "Такого канала нет." } },
	{ "invalid_event_type",
	  { "There is no such event here.", "Такого события здесь нет." } },
	{ "rate_limit_exceeded",
	  { "That is too often, or too many at once; wait a little.",
	    "Слишком часто или слишком много сразу; подождите немного." } },
	{ "invalid_message",
	  { "A message is ping, or JSON with type ping, subscribe or "
	    "unsubscribe.",
	    "Сообщение — ping или JSON, где type — ping, subscribe или "
	    "unsubscribe." } },
	{ NULL,
	  { "Something went wrong on our side; it has been logged.",
	    "Что-то сломалось у нас; запись об этом есть в журнале." } },
};

static const char *const by_id[][2] = {
	[MESSAGE_NONE] = { "", "" },
	[MESSAGE_MISSING] = { "is required", "обязательное поле" },
	[MESSAGE_NOT_AN_ID] = { "must be an id: a whole number from 1",
				"должен быть номером: целое число от 1" },
	[MESSAGE_TOO_LONG] = { "is longer than allowed",
			       "длиннее, чем разрешено" },
	[MESSAGE_TOO_SHORT] = { "is shorter than allowed",
				"короче, чем разрешено" },
	[MESSAGE_NOT_A_TIME] = { "must be a time such as 2026-01-31T12:00:00Z",
				 "должно быть временем, например "
				 "2026-01-31T12:00:00Z" },
	[MESSAGE_WRONG_TYPE] = { "is of the wrong type",
				 "значение не того типа" },
	[MESSAGE_CONTROL] = { "must not have control characters",
			      "не может содержать управляющих символов" },
	[MESSAGE_NOT_A_BOOL] = { "must be true or false",
				 "должно быть true или false" },
};

void
message_print(char *out, size_t room, enum message_id message,
	      enum call_language language, double min, double max,
	      const char *choices)
{
	/* Formats stay literals, so that the compiler checks them. */
	if (message == MESSAGE_NOT_IN_RANGE)
		snprintf(out, room,
			 language == LANGUAGE_RU ?
				 "должно быть числом от %g до %g" :
				 "must be a number from %g to %g",
			 min, max);
	else if (message == MESSAGE_NOT_A_CHOICE)
		snprintf(out, room,
			 language == LANGUAGE_RU ? "должно быть одним из: %s" :
						   "must be one of: %s",
			 choices);
	else
		snprintf(out, room, "%s", by_id[message][language]);
}

const char *
message_of_code(const char *code, enum call_language language)
{
	const struct sentence *row = by_code;

	while (row->code != NULL && strcmp(row->code, code) != 0)
		row++;
	return row->in[language];
}
