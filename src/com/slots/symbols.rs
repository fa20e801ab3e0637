//! The slots of `IDebugSymbols` to `IDebugSymbols5`, in the order of the headers, with the types of their parameters.

macro_rules! symbols_slots {
    ($take:ident $($with:tt)*) => {
        $take! {
            $($with)*;
            IDebugSymbols = 0x8c31e98c_983a_48a5_9016_6fe5d667a950 {
                GetSymbolOptions(*mut u32);
                AddSymbolOptions(u32);
                RemoveSymbolOptions(u32);
                SetSymbolOptions(u32);
                GetNameByOffset(u64, *mut u8, u32, *mut u32, *mut u64);
                GetOffsetByName(*const u8, *mut u64);
                GetNearNameByOffset(u64, i32, *mut u8, u32, *mut u32, *mut u64);
                GetLineByOffset(u64, *mut u32, *mut u8, u32, *mut u32, *mut u64);
                GetOffsetByLine(u32, *const u8, *mut u64);
                GetNumberModules(*mut u32, *mut u32);
                GetModuleByIndex(u32, *mut u64);
                GetModuleByModuleName(*const u8, u32, *mut u32, *mut u64);
                GetModuleByOffset(u64, u32, *mut u32, *mut u64);
                GetModuleNames(u32, u64, *mut u8, u32, *mut u32, *mut u8, u32, *mut u32, *mut u8, u32, *mut u32);
                GetModuleParameters(u32, *const u64, u32, *mut c_void);
                GetSymbolModule(*const u8, *mut u64);
                GetTypeName(u64, u32, *mut u8, u32, *mut u32);
                GetTypeId(u64, *const u8, *mut u32);
                GetTypeSize(u64, u32, *mut u32);
                GetFieldOffset(u64, u32, *const u8, *mut u32);
                GetSymbolTypeId(*const u8, *mut u32, *mut u64);
                GetOffsetTypeId(u64, *mut u32, *mut u64);
                ReadTypedDataVirtual(u64, u64, u32, *mut c_void, u32, *mut u32);
                WriteTypedDataVirtual(u64, u64, u32, *const c_void, u32, *mut u32);
                OutputTypedDataVirtual(u32, u64, u64, u32, u32);
                ReadTypedDataPhysical(u64, u64, u32, *mut c_void, u32, *mut u32);
                WriteTypedDataPhysical(u64, u64, u32, *const c_void, u32, *mut u32);
                OutputTypedDataPhysical(u32, u64, u64, u32, u32);
                GetScope(*mut u64, *mut c_void, *mut c_void, u32);
                SetScope(u64, *const c_void, *const c_void, u32);
                ResetScope();
                GetScopeSymbolGroup(u32, *mut c_void, *mut *mut c_void);
                CreateSymbolGroup(*mut *mut c_void);
                StartSymbolMatch(*const u8, *mut u64);
                GetNextSymbolMatch(u64, *mut u8, u32, *mut u32, *mut u64);
                EndSymbolMatch(u64);
                Reload(*const u8);
                GetSymbolPath(*mut u8, u32, *mut u32);
                SetSymbolPath(*const u8);
                AppendSymbolPath(*const u8);
                GetImagePath(*mut u8, u32, *mut u32);
                SetImagePath(*const u8);
                AppendImagePath(*const u8);
                GetSourcePath(*mut u8, u32, *mut u32);
                GetSourcePathElement(u32, *mut u8, u32, *mut u32);
                SetSourcePath(*const u8);
                AppendSourcePath(*const u8);
                FindSourceFile(u32, *const u8, u32, *mut u32, *mut u8, u32, *mut u32);
                GetSourceFileLineOffsets(*const u8, *mut u64, u32, *mut u32);
            }
            IDebugSymbols2 = 0x3a707211_afdd_4495_ad4f_56fecdf8163f {
                GetModuleVersionInformation(u32, u64, *const u8, *mut c_void, u32, *mut u32);
                GetModuleNameString(u32, u32, u64, *mut u8, u32, *mut u32);
                GetConstantName(u64, u32, u64, *mut u8, u32, *mut u32);
                GetFieldName(u64, u32, u32, *mut u8, u32, *mut u32);
                GetTypeOptions(*mut u32);
                AddTypeOptions(u32);
                RemoveTypeOptions(u32);
                SetTypeOptions(u32);
            }
            IDebugSymbols3 = 0xf02fbecc_50ac_4f36_9ad9_c975e8f32ff8 {
                GetNameByOffsetWide(u64, *mut u16, u32, *mut u32, *mut u64);
                GetOffsetByNameWide(*const u16, *mut u64);
                GetNearNameByOffsetWide(u64, i32, *mut u16, u32, *mut u32, *mut u64);
                GetLineByOffsetWide(u64, *mut u32, *mut u16, u32, *mut u32, *mut u64);
                GetOffsetByLineWide(u32, *const u16, *mut u64);
                GetModuleByModuleNameWide(*const u16, u32, *mut u32, *mut u64);
                GetSymbolModuleWide(*const u16, *mut u64);
                GetTypeNameWide(u64, u32, *mut u16, u32, *mut u32);
                GetTypeIdWide(u64, *const u16, *mut u32);
                GetFieldOffsetWide(u64, u32, *const u16, *mut u32);
                GetSymbolTypeIdWide(*const u16, *mut u32, *mut u64);
                GetScopeSymbolGroup2(u32, *mut c_void, *mut *mut c_void);
                CreateSymbolGroup2(*mut *mut c_void);
                StartSymbolMatchWide(*const u16, *mut u64);
                GetNextSymbolMatchWide(u64, *mut u16, u32, *mut u32, *mut u64);
                ReloadWide(*const u16);
                GetSymbolPathWide(*mut u16, u32, *mut u32);
                SetSymbolPathWide(*const u16);
                AppendSymbolPathWide(*const u16);
                GetImagePathWide(*mut u16, u32, *mut u32);
                SetImagePathWide(*const u16);
                AppendImagePathWide(*const u16);
                GetSourcePathWide(*mut u16, u32, *mut u32);
                GetSourcePathElementWide(u32, *mut u16, u32, *mut u32);
                SetSourcePathWide(*const u16);
                AppendSourcePathWide(*const u16);
                FindSourceFileWide(u32, *const u16, u32, *mut u32, *mut u16, u32, *mut u32);
                GetSourceFileLineOffsetsWide(*const u16, *mut u64, u32, *mut u32);
                GetModuleVersionInformationWide(u32, u64, *const u16, *mut c_void, u32, *mut u32);
                GetModuleNameStringWide(u32, u32, u64, *mut u16, u32, *mut u32);
                GetConstantNameWide(u64, u32, u64, *mut u16, u32, *mut u32);
                GetFieldNameWide(u64, u32, u32, *mut u16, u32, *mut u32);
                IsManagedModule(u32, u64);
                GetModuleByModuleName2(*const u8, u32, u32, *mut u32, *mut u64);
                GetModuleByModuleName2Wide(*const u16, u32, u32, *mut u32, *mut u64);
                GetModuleByOffset2(u64, u32, u32, *mut u32, *mut u64);
                AddSyntheticModule(u64, u32, *const u8, *const u8, u32);
                AddSyntheticModuleWide(u64, u32, *const u16, *const u16, u32);
                RemoveSyntheticModule(u64);
                GetCurrentScopeFrameIndex(*mut u32);
                SetScopeFrameByIndex(u32);
                SetScopeFromJitDebugInfo(u32, u64);
                SetScopeFromStoredEvent();
                OutputSymbolByOffset(u32, u32, u64);
                GetFunctionEntryByOffset(u64, u32, *mut c_void, u32, *mut u32);
                GetFieldTypeAndOffset(u64, u32, *const u8, *mut u32, *mut u32);
                GetFieldTypeAndOffsetWide(u64, u32, *const u16, *mut u32, *mut u32);
                AddSyntheticSymbol(u64, u32, *const u8, u32, *mut c_void);
                AddSyntheticSymbolWide(u64, u32, *const u16, u32, *mut c_void);
                RemoveSyntheticSymbol(*const c_void);
                GetSymbolEntriesByOffset(u64, u32, *mut c_void, *mut u64, u32, *mut u32);
                GetSymbolEntriesByName(*const u8, u32, *mut c_void, u32, *mut u32);
                GetSymbolEntriesByNameWide(*const u16, u32, *mut c_void, u32, *mut u32);
                GetSymbolEntryByToken(u64, u32, *mut c_void);
                GetSymbolEntryInformation(*const c_void, *mut c_void);
                GetSymbolEntryString(*const c_void, u32, *mut u8, u32, *mut u32);
                GetSymbolEntryStringWide(*const c_void, u32, *mut u16, u32, *mut u32);
                GetSymbolEntryOffsetRegions(*const c_void, u32, *mut c_void, u32, *mut u32);
                GetSymbolEntryBySymbolEntry(*const c_void, u32, *mut c_void);
                GetSourceEntriesByOffset(u64, u32, *mut c_void, u32, *mut u32);
                GetSourceEntriesByLine(u32, *const u8, u32, *mut c_void, u32, *mut u32);
                GetSourceEntriesByLineWide(u32, *const u16, u32, *mut c_void, u32, *mut u32);
                GetSourceEntryString(*const c_void, u32, *mut u8, u32, *mut u32);
                GetSourceEntryStringWide(*const c_void, u32, *mut u16, u32, *mut u32);
                GetSourceEntryOffsetRegions(*const c_void, u32, *mut c_void, u32, *mut u32);
                GetSourceEntryBySourceEntry(*const c_void, u32, *mut c_void);
            }
            IDebugSymbols4 = 0xe391bbd8_9d8c_4418_840b_c006592a1752 {
                GetScopeEx(*mut u64, *mut c_void, *mut c_void, u32);
                SetScopeEx(u64, *const c_void, *const c_void, u32);
                GetNameByInlineContext(u64, u32, *mut u8, u32, *mut u32, *mut u64);
                GetNameByInlineContextWide(u64, u32, *mut u16, u32, *mut u32, *mut u64);
                GetLineByInlineContext(u64, u32, *mut u32, *mut u8, u32, *mut u32, *mut u64);
                GetLineByInlineContextWide(u64, u32, *mut u32, *mut u16, u32, *mut u32, *mut u64);
                OutputSymbolByInlineContext(u32, u32, u64, u32);
            }
            IDebugSymbols5 = 0xc65fa83e_1e69_475e_8e0e_b5d79e9cc17e {
                GetCurrentScopeFrameIndexEx(u32, *mut u32);
                SetScopeFrameByIndexEx(u32, u32);
            }
        }
    };
}

pub(crate) use symbols_slots;
