/* caller.c - see caller.h. */
#include "service/caller.h"

bool
caller_may_touch(const struct caller *caller, int64_t owner_id,
		 enum user_role others)
{
	if (caller->user_id == 0)
		return false;
	if (owner_id != 0 && caller->user_id == owner_id)
		return true;
	return others != USER_ROLE_NONE && caller->role >= others;
}
