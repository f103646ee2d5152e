/* identify.c - see identify.h. */
#include "api/identify.h"

enum status
identify_caller(struct call *call, struct fault *fault)
{
	(void)fault;
	call->caller = (struct caller){
		.address = http_request_address(call->request),
	};
	return STATUS_OK;
}
