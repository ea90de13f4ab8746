// An application that may do what an administrator's scripts do, made in the page; and programs that work with its secret.
import { spawn } from 'node:child_process';
import { Visitor, tenantNamed } from '../e2e/support.mjs';

/** Application permissions of Microsoft Graph, as an administrator's automation has them. */
const PERMISSIONS = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Domain.Read.All',
  'Policy.Read.All',
  'RoleManagement.ReadWrite.Directory',
  'User.ReadWrite.All',
];

/** Makes it as a person does; returns the visitor, still on the run, with the ids and the secret that the page has just shown. */
export const makeAdministrator = async (emulator, browser, name = 'Administration') => {
  const visitor = await Visitor.arrive(browser, emulator, { ignoreHTTPSErrors: true });
  await visitor.signIn('admin@partner.example');
  await visitor.openWizard();
  await visitor.page.getByRole('textbox', { name: 'Name' }).fill(name);
  await visitor.next();
  for (const permission of PERMISSIONS) {
    await visitor.page.getByRole('searchbox', { name: 'Search permissions' }).fill(permission);
    await visitor.page.getByRole('checkbox', { name: `${permission} (application)`, exact: true }).click();
    const yes = visitor.button('It needs this permission');
    if (await yes.isVisible()) await yes.click();
  }
  await visitor.next();
  await visitor.next();
  await visitor.next();
  await visitor.page.getByRole('table').waitFor();
  await visitor.button('Create').click();
  const secret = await visitor.takeSecret();
  const { id, applications } = await tenantNamed(emulator, 'partner.example');
  const { appId } = applications.find((app) => app.displayName === name);
  return { visitor, tenant: id, appId, secret };
};

/** Runs a program with an input, while the emulator goes on answering; returns its exit code and what it wrote. */
export const run = (program, parameters, /** @type {{ input?: string, env?: NodeJS.ProcessEnv, cwd?: string }} */ { input = '', env = process.env, cwd } = {}) =>
  new Promise((done) => {
    const child = spawn(program, parameters, { env, cwd });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors += data));
    child.on('close', (code) => done({ code, output, errors }));
    child.stdin.end(input);
  });
