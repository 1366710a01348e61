// How Chromium is started: the machine's own, with nothing that calls home, in one language and one time zone.
import { existsSync } from 'node:fs';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const browser = {
  browserName: 'chromium',
  locale: 'en-GB',
  timezoneId: 'Europe/London',
  colorScheme: 'light',
  launchOptions: {
    executablePath: places.find((place) => place && existsSync(place)),
    chromiumSandbox: false, // it refuses to start its own as root
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
};
