// The ids of dbgeng.h beside this file are defined where they are declared.
#pragma once
