export { addGateway } from './routes.ts'
