# Runs PROGRAM with ARGUMENTS; demands the exit status STATUS and one line on stderr that matches MESSAGE.
execute_process(COMMAND "${PROGRAM}" ${ARGUMENTS} RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE message)
if(NOT status STREQUAL STATUS OR NOT message MATCHES "^alloy_demo: [^\n]*${MESSAGE}[^\n]*\n$")
    message(FATAL_ERROR "expected status ${STATUS} and one line with \"${MESSAGE}\", got status ${status} and: ${message}")
endif()
