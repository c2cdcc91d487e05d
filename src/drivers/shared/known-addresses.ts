/** Which parts can have an address. */
export interface KnownAddress {
    address: number
    names: string
}

/** Made by `npm run docs:sensors` from the parts' folders. */
export const KNOWN_ADDRESSES: KnownAddress[] = [
    { address: 0x10, names: "VEML7700" },
    { address: 0x12, names: "PMSA003I" },
    { address: 0x18, names: "DS18B20 on a DS2482-100; LIS3DH" },
    { address: 0x19, names: "DS18B20 on a DS2482-100; LIS3DH" },
    { address: 0x1a, names: "DS18B20 on a DS2482-100" },
    { address: 0x1b, names: "DS18B20 on a DS2482-100" },
    { address: 0x23, names: "BH1750FVI" },
    { address: 0x29, names: "VL53L0X; VL53L1X" },
    { address: 0x36, names: "MAX17048" },
    { address: 0x38, names: "AHT20" },
    { address: 0x40, names: "INA219" },
    { address: 0x41, names: "INA219" },
    { address: 0x42, names: "INA219" },
    { address: 0x43, names: "INA219" },
    { address: 0x44, names: "INA219; SHT30, SHT31, SHT35; SHT40, SHT41, SHT45" },
    { address: 0x45, names: "INA219; SHT30, SHT31, SHT35; SHT40, SHT41, SHT45" },
    { address: 0x46, names: "INA219; SHT40, SHT41, SHT45" },
    { address: 0x47, names: "INA219" },
    { address: 0x48, names: "ADS1115; INA219; TMP117" },
    { address: 0x49, names: "ADS1115; INA219; TMP117" },
    { address: 0x4a, names: "ADS1115; INA219; TMP117" },
    { address: 0x4b, names: "ADS1115; INA219; TMP117" },
    { address: 0x4c, names: "INA219" },
    { address: 0x4d, names: "INA219" },
    { address: 0x4e, names: "INA219" },
    { address: 0x4f, names: "INA219" },
    { address: 0x50, names: "MB85RC256V, MB85RC64 or 24LC256" },
    { address: 0x51, names: "PCF8593" },
    { address: 0x53, names: "LTR-390UV-01" },
    { address: 0x59, names: "SGP40; SGP41" },
    { address: 0x5a, names: "MLX90614" },
    { address: 0x5b, names: "MLX90614" },
    { address: 0x5c, names: "BH1750FVI" },
    { address: 0x61, names: "SCD30" },
    { address: 0x62, names: "SCD41 on demand; SCD40, SCD41" },
    { address: 0x68, names: "AMG8833 (Grid-EYE); DS3231, DS3231M" },
    { address: 0x69, names: "AMG8833 (Grid-EYE); SEN50, SEN54, SEN55; SPS30" },
    { address: 0x70, names: "SHTC3" },
    { address: 0x76, names: "BME280; BME680, BME688; BMP280; DPS310" },
    { address: 0x77, names: "BME280; BME680, BME688; BMP280; DPS310" },
]
