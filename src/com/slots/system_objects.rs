//! The slots of `IDebugSystemObjects` to `IDebugSystemObjects4`, in the order of the headers, with the types of their
//! parameters.

macro_rules! system_objects_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugSystemObjects = 0x6b86fe2c_2c4f_4f0c_9da2_174311acc327 {
                GetEventThread(*mut u32);
                GetEventProcess(*mut u32);
                GetCurrentThreadId(*mut u32);
                SetCurrentThreadId(u32);
                GetCurrentProcessId(id: *mut u32) = get_current_process_id;
                SetCurrentProcessId(id: u32) = set_current_process_id;
                GetNumberThreads(*mut u32);
                GetTotalNumberThreads(*mut u32, *mut u32);
                GetThreadIdsByIndex(u32, u32, *mut u32, *mut u32);
                GetThreadIdByProcessor(u32, *mut u32);
                GetCurrentThreadDataOffset(*mut u64);
                GetThreadIdByDataOffset(u64, *mut u32);
                GetCurrentThreadTeb(*mut u64);
                GetThreadIdByTeb(u64, *mut u32);
                GetCurrentThreadSystemId(*mut u32);
                GetThreadIdBySystemId(u32, *mut u32);
                GetCurrentThreadHandle(*mut u64);
                GetThreadIdByHandle(u64, *mut u32);
                GetNumberProcesses(number: *mut u32) = get_number_processes;
                GetProcessIdsByIndex(
                    start: u32, count: u32, ids: *mut u32, system_ids: *mut u32
                ) = get_process_ids_by_index;
                GetCurrentProcessDataOffset(*mut u64);
                GetProcessIdByDataOffset(u64, *mut u32);
                GetCurrentProcessPeb(*mut u64);
                GetProcessIdByPeb(u64, *mut u32);
                GetCurrentProcessSystemId(system_id: *mut u32) = get_current_process_system_id;
                GetProcessIdBySystemId(system_id: u32, id: *mut u32) = get_process_id_by_system_id;
                GetCurrentProcessHandle(*mut u64);
                GetProcessIdByHandle(u64, *mut u32);
                GetCurrentProcessExecutableName(*mut u8, u32, *mut u32);
            }
            IDebugSystemObjects2 = 0x0ae9f5ff_1852_4679_b055_494bee6407ee {
                GetCurrentProcessUpTime(*mut u32);
                GetImplicitThreadDataOffset(*mut u64);
                SetImplicitThreadDataOffset(u64);
                GetImplicitProcessDataOffset(*mut u64);
                SetImplicitProcessDataOffset(u64);
            }
            IDebugSystemObjects3 = 0xe9676e2f_e286_4ea3_b0f9_dfe5d9fc330e {
                GetEventSystem(*mut u32);
                GetCurrentSystemId(*mut u32);
                SetCurrentSystemId(u32);
                GetNumberSystems(*mut u32);
                GetSystemIdsByIndex(u32, u32, *mut u32);
                GetTotalNumberThreadsAndProcesses(*mut u32, *mut u32, *mut u32, *mut u32, *mut u32);
                GetCurrentSystemServer(*mut u64);
                GetSystemByServer(u64, *mut u32);
                GetCurrentSystemServerName(*mut u8, u32, *mut u32);
            }
            IDebugSystemObjects4 = 0x489468e6_7d0f_4af5_87ab_25207454d553 {
                GetCurrentProcessExecutableNameWide(*mut u16, u32, *mut u32);
                GetCurrentSystemServerNameWide(*mut u16, u32, *mut u32);
            }
        }
    };
}

pub(crate) use system_objects_slots;
