//! The slots of `IDebugDataSpaces`, `IDebugRegisters` and `IDebugAdvanced`, and of their newer versions, in the order of the
//! headers, with the types of their parameters.

macro_rules! data_spaces_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugDataSpaces = 0x88f7dfab_3ea7_4c3a_aefb_c4e8106173aa {
                ReadVirtual(u64, *mut c_void, u32, *mut u32);
                WriteVirtual(u64, *const c_void, u32, *mut u32);
                SearchVirtual(u64, u64, *const c_void, u32, u32, *mut u64);
                ReadVirtualUncached(u64, *mut c_void, u32, *mut u32);
                WriteVirtualUncached(u64, *const c_void, u32, *mut u32);
                ReadPointersVirtual(u32, u64, *mut u64);
                WritePointersVirtual(u32, u64, *const u64);
                ReadPhysical(u64, *mut c_void, u32, *mut u32);
                WritePhysical(u64, *const c_void, u32, *mut u32);
                ReadControl(u32, u64, *mut c_void, u32, *mut u32);
                WriteControl(u32, u64, *const c_void, u32, *mut u32);
                ReadIo(u32, u32, u32, u64, *mut c_void, u32, *mut u32);
                WriteIo(u32, u32, u32, u64, *const c_void, u32, *mut u32);
                ReadMsr(u32, *mut u64);
                WriteMsr(u32, u64);
                ReadBusData(u32, u32, u32, u32, *mut c_void, u32, *mut u32);
                WriteBusData(u32, u32, u32, u32, *const c_void, u32, *mut u32);
                CheckLowMemory();
                ReadDebuggerData(u32, *mut c_void, u32, *mut u32);
                ReadProcessorSystemData(u32, u32, *mut c_void, u32, *mut u32);
            }
            IDebugDataSpaces2 = 0x7a5e852f_96e9_468f_ac1b_0b3addc4a049 {
                VirtualToPhysical(u64, *mut u64);
                GetVirtualTranslationPhysicalOffsets(u64, *mut u64, u32, *mut u32);
                ReadHandleData(u64, u32, *mut c_void, u32, *mut u32);
                FillVirtual(u64, u32, *const c_void, u32, *mut u32);
                FillPhysical(u64, u32, *const c_void, u32, *mut u32);
                QueryVirtual(u64, *mut c_void);
            }
            IDebugDataSpaces3 = 0x23f79d6c_8aaf_4f7c_a607_9995f5407e63 {
                ReadImageNtHeaders(u64, *mut c_void);
                ReadTagged(*const c_void, u32, *mut c_void, u32, *mut u32);
                StartEnumTagged(*mut u64);
                GetNextTagged(u64, *mut c_void, *mut u32);
                EndEnumTagged(u64);
            }
            IDebugDataSpaces4 = 0xd98ada1f_29e9_4ef5_a6c0_e53349883212 {
                GetOffsetInformation(u32, u32, u64, *mut c_void, u32, *mut u32);
                GetNextDifferentlyValidOffsetVirtual(u64, *mut u64);
                GetValidRegionVirtual(u64, u32, *mut u64, *mut u32);
                SearchVirtual2(u64, u64, u32, *const c_void, u32, u32, *mut u64);
                ReadMultiByteStringVirtual(u64, u32, *mut u8, u32, *mut u32);
                ReadMultiByteStringVirtualWide(u64, u32, u32, *mut u16, u32, *mut u32);
                ReadUnicodeStringVirtual(u64, u32, u32, *mut u8, u32, *mut u32);
                ReadUnicodeStringVirtualWide(u64, u32, *mut u16, u32, *mut u32);
                ReadPhysical2(u64, u32, *mut c_void, u32, *mut u32);
                WritePhysical2(u64, u32, *const c_void, u32, *mut u32);
            }
        }
    };
}

macro_rules! registers_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugRegisters = 0xce289126_9e84_45a7_937e_67bb18691493 {
                GetNumberRegisters(*mut u32);
                GetDescription(u32, *mut u8, u32, *mut u32, *mut c_void);
                GetIndexByName(*const u8, *mut u32);
                GetValue(u32, *mut c_void);
                SetValue(u32, *const c_void);
                GetValues(u32, *const u32, u32, *mut c_void);
                SetValues(u32, *const u32, u32, *const c_void);
                OutputRegisters(u32, u32);
                GetInstructionOffset(*mut u64);
                GetStackOffset(*mut u64);
                GetFrameOffset(*mut u64);
            }
            IDebugRegisters2 = 0x1656afa9_19c6_4e3a_97e7_5dc9160cf9c4 {
                GetDescriptionWide(u32, *mut u16, u32, *mut u32, *mut c_void);
                GetIndexByNameWide(*const u16, *mut u32);
                GetNumberPseudoRegisters(*mut u32);
                GetPseudoDescription(u32, *mut u8, u32, *mut u32, *mut u64, *mut u32);
                GetPseudoDescriptionWide(u32, *mut u16, u32, *mut u32, *mut u64, *mut u32);
                GetPseudoIndexByName(*const u8, *mut u32);
                GetPseudoIndexByNameWide(*const u16, *mut u32);
                GetPseudoValues(u32, u32, *const u32, u32, *mut c_void);
                SetPseudoValues(u32, u32, *const u32, u32, *const c_void);
                GetValues2(u32, u32, *const u32, u32, *mut c_void);
                SetValues2(u32, u32, *const u32, u32, *const c_void);
                OutputRegisters2(u32, u32, u32);
                GetInstructionOffset2(u32, *mut u64);
                GetStackOffset2(u32, *mut u64);
                GetFrameOffset2(u32, *mut u64);
            }
        }
    };
}

macro_rules! advanced_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugAdvanced = 0xf2df5f53_071f_47bd_9de6_5734c3fed689 {
                GetThreadContext(*mut c_void, u32);
                SetThreadContext(*const c_void, u32);
            }
            IDebugAdvanced2 = 0x716d14c9_119b_4ba5_af1f_0890e672416a {
                Request(u32, *const c_void, u32, *mut c_void, u32, *mut u32);
                GetSourceFileInformation(u32, *const u8, u64, u32, *mut c_void, u32, *mut u32);
                FindSourceFileAndToken(u32, u64, *const u8, u32, *const c_void, u32, *mut u32, *mut u8, u32, *mut u32);
                GetSymbolInformation(u32, u64, u32, *mut c_void, u32, *mut u32, *mut u8, u32, *mut u32);
                GetSystemObjectInformation(u32, u64, u32, *mut c_void, u32, *mut u32);
            }
            IDebugAdvanced3 = 0xcba4abb4_84c4_444d_87ca_a04e13286739 {
                GetSourceFileInformationWide(u32, *const u16, u64, u32, *mut c_void, u32, *mut u32);
                FindSourceFileAndTokenWide(
                    u32, u64, *const u16, u32, *const c_void, u32, *mut u32, *mut u16, u32, *mut u32
                );
                GetSymbolInformationWide(u32, u64, u32, *mut c_void, u32, *mut u32, *mut u16, u32, *mut u32);
            }
            IDebugAdvanced4 = 0xd1069067_2a65_4bf0_ae97_76184b67856b {
                GetSymbolInformationWideEx(
                    u32, u64, u32, *mut c_void, u32, *mut u32, *mut u16, u32, *mut u32, *mut c_void
                );
            }
        }
    };
}

pub(crate) use {advanced_slots, data_spaces_slots, registers_slots};
