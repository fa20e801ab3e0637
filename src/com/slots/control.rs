//! The slots of `IDebugControl` to `IDebugControl7`, in the order of the headers, with the types of their parameters.

macro_rules! control_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugControl = 0x5182e668_105e_416e_ad92_24ef800424ba {
                GetInterrupt() = get_interrupt;
                SetInterrupt(flags: u32) = set_interrupt;
                GetInterruptTimeout(*mut u32);
                SetInterruptTimeout(u32);
                GetLogFile(*mut u8, u32, *mut u32, *mut i32);
                OpenLogFile(*const u8, i32);
                CloseLogFile();
                GetLogMask(*mut u32);
                SetLogMask(u32);
                Input(*mut u8, u32, *mut u32);
                ReturnInput(*const u8);
                Output(u32, *const u8, ...);
                OutputVaList(u32, *const u8, *mut c_void);
                ControlledOutput(u32, u32, *const u8, ...);
                ControlledOutputVaList(u32, u32, *const u8, *mut c_void);
                OutputPrompt(u32, *const u8, ...);
                OutputPromptVaList(u32, *const u8, *mut c_void);
                GetPromptText(*mut u8, u32, *mut u32);
                OutputCurrentState(u32, u32);
                OutputVersionInformation(u32);
                GetNotifyEventHandle(*mut u64);
                SetNotifyEventHandle(u64);
                Assemble(u64, *const u8, *mut u64);
                Disassemble(u64, u32, *mut u8, u32, *mut u32, *mut u64);
                GetDisassembleEffectiveOffset(*mut u64);
                OutputDisassembly(u32, u64, u32, *mut u64);
                OutputDisassemblyLines(u32, u32, u32, u64, u32, *mut u32, *mut u64, *mut u64, *mut u64);
                GetNearInstruction(u64, i32, *mut u64);
                GetStackTrace(u64, u64, u64, *mut c_void, u32, *mut u32);
                GetReturnOffset(*mut u64);
                OutputStackTrace(u32, *const c_void, u32, u32);
                GetDebuggeeType(class: *mut u32, qualifier: *mut u32) = get_debuggee_type;
                GetActualProcessorType(*mut u32);
                GetExecutingProcessorType(*mut u32);
                GetNumberPossibleExecutingProcessorTypes(*mut u32);
                GetPossibleExecutingProcessorTypes(u32, u32, *mut u32);
                GetNumberProcessors(*mut u32);
                GetSystemVersion(
                    *mut u32, *mut u32, *mut u32, *mut u8, u32, *mut u32, *mut u32, *mut u8, u32, *mut u32
                );
                GetPageSize(*mut u32);
                IsPointer64Bit();
                ReadBugCheckData(*mut u32, *mut u64, *mut u64, *mut u64, *mut u64);
                GetNumberSupportedProcessorTypes(*mut u32);
                GetSupportedProcessorTypes(u32, u32, *mut u32);
                GetProcessorTypeNames(u32, *mut u8, u32, *mut u32, *mut u8, u32, *mut u32);
                GetEffectiveProcessorType(*mut u32);
                SetEffectiveProcessorType(u32);
                GetExecutionStatus(status: *mut u32) = get_execution_status;
                SetExecutionStatus(status: u32) = set_execution_status;
                GetCodeLevel(*mut u32);
                SetCodeLevel(u32);
                GetEngineOptions(options: *mut u32) = get_engine_options;
                AddEngineOptions(options: u32) = add_engine_options;
                RemoveEngineOptions(options: u32) = remove_engine_options;
                SetEngineOptions(options: u32) = set_engine_options;
                GetSystemErrorControl(*mut u32, *mut u32);
                SetSystemErrorControl(u32, u32);
                GetTextMacro(u32, *mut u8, u32, *mut u32);
                SetTextMacro(u32, *const u8);
                GetRadix(*mut u32);
                SetRadix(u32);
                Evaluate(*const u8, u32, *mut c_void, *mut u32);
                CoerceValue(*const c_void, u32, *mut c_void);
                CoerceValues(u32, *const c_void, *const u32, *mut c_void);
                Execute(output_control: u32, command: *const u8, flags: u32) = execute::<u8>;
                ExecuteCommandFile(u32, *const u8, u32);
                GetNumberBreakpoints(*mut u32);
                GetBreakpointByIndex(u32, *mut *mut c_void);
                GetBreakpointById(u32, *mut *mut c_void);
                GetBreakpointParameters(u32, *const u32, u32, *mut c_void);
                AddBreakpoint(u32, u32, *mut *mut c_void);
                RemoveBreakpoint(*mut c_void);
                AddExtension(*const u8, u32, *mut u64);
                RemoveExtension(u64);
                GetExtensionByPath(*const u8, *mut u64);
                CallExtension(u64, *const u8, *const u8);
                GetExtensionFunction(u64, *const u8, *mut c_void);
                GetWindbgExtensionApis32(*mut c_void);
                GetWindbgExtensionApis64(*mut c_void);
                GetNumberEventFilters(*mut u32, *mut u32, *mut u32);
                GetEventFilterText(u32, *mut u8, u32, *mut u32);
                GetEventFilterCommand(u32, *mut u8, u32, *mut u32);
                SetEventFilterCommand(u32, *const u8);
                GetSpecificFilterParameters(u32, u32, *mut c_void);
                SetSpecificFilterParameters(u32, u32, *const c_void);
                GetSpecificFilterArgument(u32, *mut u8, u32, *mut u32);
                SetSpecificFilterArgument(u32, *const u8);
                GetExceptionFilterParameters(u32, *const u32, u32, *mut c_void);
                SetExceptionFilterParameters(u32, *const c_void);
                GetExceptionFilterSecondCommand(u32, *mut u8, u32, *mut u32);
                SetExceptionFilterSecondCommand(u32, *const u8);
                WaitForEvent(flags: u32, timeout: u32) = wait_for_event;
                GetLastEventInformation(
                    kind: *mut u32, process_id: *mut u32, thread_id: *mut u32, extra: *mut c_void, extra_size: u32,
                    extra_used: *mut u32, description: *mut u8, description_size: u32, description_used: *mut u32
                ) = get_last_event_information::<u8>;
            }
            IDebugControl2 = 0xd4366723_44df_4bed_8c7e_4c05424f4588 {
                GetCurrentTimeDate(*mut u32);
                GetCurrentSystemUpTime(*mut u32);
                GetDumpFormatFlags(*mut u32);
                GetNumberTextReplacements(*mut u32);
                GetTextReplacement(*const u8, u32, *mut u8, u32, *mut u32, *mut u8, u32, *mut u32);
                SetTextReplacement(*const u8, *const u8);
                RemoveTextReplacements();
                OutputTextReplacements(u32, u32);
            }
            IDebugControl3 = 0x7df74a86_b03f_407f_90ab_a20dadcead08 {
                GetAssemblyOptions(*mut u32);
                AddAssemblyOptions(u32);
                RemoveAssemblyOptions(u32);
                SetAssemblyOptions(u32);
                GetExpressionSyntax(*mut u32);
                SetExpressionSyntax(u32);
                SetExpressionSyntaxByName(*const u8);
                GetNumberExpressionSyntaxes(*mut u32);
                GetExpressionSyntaxNames(u32, *mut u8, u32, *mut u32, *mut u8, u32, *mut u32);
                GetNumberEvents(*mut u32);
                GetEventIndexDescription(u32, u32, *const u8, u32, *mut u32);
                GetCurrentEventIndex(*mut u32);
                SetNextEventIndex(u32, u32, *mut u32);
            }
            IDebugControl4 = 0x94e60ce9_9b41_4b19_9fc0_6d9eb35272b3 {
                GetLogFileWide(*mut u16, u32, *mut u32, *mut i32);
                OpenLogFileWide(*const u16, i32);
                InputWide(*mut u16, u32, *mut u32);
                ReturnInputWide(*const u16);
                OutputWide(u32, *const u16, ...);
                OutputVaListWide(u32, *const u16, *mut c_void);
                ControlledOutputWide(u32, u32, *const u16, ...);
                ControlledOutputVaListWide(u32, u32, *const u16, *mut c_void);
                OutputPromptWide(u32, *const u16, ...);
                OutputPromptVaListWide(u32, *const u16, *mut c_void);
                GetPromptTextWide(*mut u16, u32, *mut u32);
                AssembleWide(u64, *const u16, *mut u64);
                DisassembleWide(u64, u32, *mut u16, u32, *mut u32, *mut u64);
                GetProcessorTypeNamesWide(u32, *mut u16, u32, *mut u32, *mut u16, u32, *mut u32);
                GetTextMacroWide(u32, *mut u16, u32, *mut u32);
                SetTextMacroWide(u32, *const u16);
                EvaluateWide(*const u16, u32, *mut c_void, *mut u32);
                ExecuteWide(output_control: u32, command: *const u16, flags: u32) = execute::<u16>;
                ExecuteCommandFileWide(u32, *const u16, u32);
                GetBreakpointByIndex2(u32, *mut *mut c_void);
                GetBreakpointById2(u32, *mut *mut c_void);
                AddBreakpoint2(u32, u32, *mut *mut c_void);
                RemoveBreakpoint2(*mut c_void);
                AddExtensionWide(*const u16, u32, *mut u64);
                GetExtensionByPathWide(*const u16, *mut u64);
                CallExtensionWide(u64, *const u16, *const u16);
                GetExtensionFunctionWide(u64, *const u16, *mut c_void);
                GetEventFilterTextWide(u32, *mut u16, u32, *mut u32);
                GetEventFilterCommandWide(u32, *mut u16, u32, *mut u32);
                SetEventFilterCommandWide(u32, *const u16);
                GetSpecificFilterArgumentWide(u32, *mut u16, u32, *mut u32);
                SetSpecificFilterArgumentWide(u32, *const u16);
                GetExceptionFilterSecondCommandWide(u32, *mut u16, u32, *mut u32);
                SetExceptionFilterSecondCommandWide(u32, *const u16);
                GetLastEventInformationWide(
                    kind: *mut u32, process_id: *mut u32, thread_id: *mut u32, extra: *mut c_void, extra_size: u32,
                    extra_used: *mut u32, description: *mut u16, description_size: u32, description_used: *mut u32
                ) = get_last_event_information::<u16>;
                GetTextReplacementWide(*const u16, u32, *mut u16, u32, *mut u32, *mut u16, u32, *mut u32);
                SetTextReplacementWide(*const u16, *const u16);
                SetExpressionSyntaxByNameWide(*const u16);
                GetExpressionSyntaxNamesWide(u32, *mut u16, u32, *mut u32, *mut u16, u32, *mut u32);
                GetEventIndexDescriptionWide(u32, u32, *const u16, u32, *mut u32);
                GetLogFile2(*mut u8, u32, *mut u32, *mut u32);
                OpenLogFile2(*const u8, u32);
                GetLogFile2Wide(*mut u16, u32, *mut u32, *mut u32);
                OpenLogFile2Wide(*const u16, u32);
                GetSystemVersionValues(*mut u32, *mut u32, *mut u32, *mut u32, *mut u32);
                GetSystemVersionString(u32, *mut u8, u32, *mut u32);
                GetSystemVersionStringWide(u32, *mut u16, u32, *mut u32);
                GetContextStackTrace(*const c_void, u32, *mut c_void, u32, *mut c_void, u32, u32, *mut u32);
                OutputContextStackTrace(u32, *const c_void, u32, *const c_void, u32, u32, u32);
                GetStoredEventInformation(
                    *mut u32, *mut u32, *mut u32, *mut c_void, u32, *mut u32, *mut c_void, u32, *mut u32
                );
                GetManagedStatus(*mut u32, u32, *mut u8, u32, *mut u32);
                GetManagedStatusWide(*mut u32, u32, *mut u16, u32, *mut u32);
                ResetManagedStatus(u32);
            }
            IDebugControl5 = 0xb2ffe162_2412_429f_8d1d_5bf6dd824696 {
                GetStackTraceEx(u64, u64, u64, *mut c_void, u32, *mut u32);
                OutputStackTraceEx(u32, *const c_void, u32, u32);
                GetContextStackTraceEx(*const c_void, u32, *mut c_void, u32, *mut c_void, u32, u32, *mut u32);
                OutputContextStackTraceEx(u32, *const c_void, u32, *const c_void, u32, u32, u32);
                GetBreakpointByGuid(*const c_void, *mut *mut c_void);
            }
            IDebugControl6 = 0xbc0d583f_126d_43a1_9cc4_a860ab1d537b {
                GetExecutionStatusEx(*mut u32);
                GetSynchronizationStatus(*mut u32, *mut u32);
            }
            IDebugControl7 = 0xb86fb3b1_80d4_475b_aea3_cf06539cf63a {
                GetDebuggeeType2(u32, *mut u32, *mut u32);
            }
        }
    };
}

pub(crate) use control_slots;
